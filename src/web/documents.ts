import { readdirSync, readFileSync } from 'node:fs';
import type { Hono } from 'hono';

const folder = new URL('../../docs/', import.meta.url);
/** Those that somebody before the page may want, the most wanted first. */
const offered = ['how-a-minute-is-judged', 'configuration', 'web', 'metrics', 'report'];

/** Names of the documents that are there: an installation may have left them out. */
export const documents: readonly string[] = offered.filter((name) => isThere(`${name}.md`));

function isThere(file: string): boolean {
  try {
    return readdirSync(folder).includes(file);
  } catch {
    return false;
  }
}

/** The documents as they are, in Markdown: `/docs/NAME.md`. */
export function addDocuments(app: Hono): void {
  for (const name of documents) {
    const text = readFileSync(new URL(`${name}.md`, folder), 'utf8');
    app.get(`/docs/${name}.md`, (context) =>
      context.body(text, 200, {
        'Cache-Control': 'max-age=300',
        'Content-Type': 'text/plain; charset=utf-8',
      }),
    );
  }
}
