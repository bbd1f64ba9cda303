import { readdirSync, readFileSync } from 'node:fs';
import type { Hono } from 'hono';

const folder = new URL('../../docs/', import.meta.url);
/** Those that somebody before the page may want, the most wanted first. */
const offered = ['how-a-minute-is-judged', 'configuration', 'web', 'metrics', 'report', 'alerts'];

/** Names of the documents that are there: an installation may have left them out. */
export const documents: readonly string[] = offered.filter((name) => isThere(`${name}.md`));

/** A page for each alert: the alerts link to them. */
const runbooks = filesIn('runbooks/').map((file) => `runbooks/${file.replace(/\.md$/, '')}`);

function isThere(file: string): boolean {
  return filesIn('').includes(file);
}

function filesIn(path: string): readonly string[] {
  try {
    return readdirSync(new URL(path, folder)).filter((file) => file.endsWith('.md'));
  } catch {
    return [];
  }
}

/** The documents as they are, in Markdown: `/docs/NAME.md`. */
export function addDocuments(app: Hono): void {
  for (const name of [...documents, ...runbooks]) {
    const text = readFileSync(new URL(`${name}.md`, folder), 'utf8');
    app.get(`/docs/${name}.md`, (context) =>
      context.body(text, 200, {
        'Cache-Control': 'max-age=300',
        'Content-Type': 'text/plain; charset=utf-8',
      }),
    );
  }
}
