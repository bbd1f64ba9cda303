/** Replaces every trace of a secret. Must see a whole line: what is cut before cannot be recognised. */
export type Mask = (text: string) => string;

const cover = '[masked]';

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function alternatives(forms: Iterable<string>): string {
  const distinct = [...new Set(forms)].filter((form) => form.length > 0);
  return distinct
    .sort((one, other) => other.length - one.length)
    .map(literal)
    .join('|');
}

/**
 * The base64 digits that depend on the secret alone, for each of its three possible alignments in a
 * larger blob: they appear in every base64 text that holds the secret, whatever stands around it.
 */
function base64Cores(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const cores = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const from = Math.ceil((shift * 8) / 6);
    return text.slice(from, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return cores.filter((core) => core.length >= 4);
}

function htmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** How a secret may look when a server or a page echoes it: as it is, quoted, escaped, percent-encoded. */
function plainForms(secret: string): string[] {
  const percent = encodeURIComponent(secret.toWellFormed());
  return [
    secret,
    secret.replace(/["\\]/g, '\\$&'),
    JSON.stringify(secret).slice(1, -1),
    htmlEscaped(secret),
    htmlEscaped(secret).replaceAll("'", '&#39;'),
    percent,
    percent.replaceAll('%20', '+'),
    new URLSearchParams({ s: secret }).toString().slice(2),
  ];
}

const mostMasks = 1000;
const masks = new Map<string, Mask>();

/** A mask for one secret; an empty secret masks nothing. Upper and lower case are both recognised. */
export function maskOf(secret: string): Mask {
  // Every attempt asks for its own: building one costs as much as some hundred lines.
  const known = masks.get(secret);
  if (known !== undefined) return known;
  if (masks.size >= mostMasks) masks.clear();
  const mask = newMask(secret);
  masks.set(secret, mask);
  return mask;
}

function newMask(secret: string): Mask {
  if (secret.length === 0) return (text) => text;
  const plain = new RegExp(alternatives(plainForms(secret)), 'gi');
  const cores = alternatives(base64Cores(secret));
  // One digit to either side still carries some bits of the secret.
  const encoded = cores === '' ? null : new RegExp(`[\\w+/]?(?:${cores})[\\w+/]?=*`, 'g');
  return (text) => {
    const masked = text.replace(plain, cover);
    return encoded === null ? masked : masked.replace(encoded, cover);
  };
}
