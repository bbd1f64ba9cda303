/** What a page says that wants to know whether a human is there. */
const challenge =
  /captcha|验证码|驗證碼|滑块|滑塊|滑动验证|拖动.{0,10}拼图|人机|人機|安全验证|行为验证|\bnot a robot\b|\b(?:verify|prove|confirm)\b.{0,30}\bhuman\b/iu;

/** A challenge stands near the form; a page is searched no further than this, characters. */
const searched = 300_000;
/** Elements whose content nobody sees. */
const unseen = new Set(['script', 'style', 'noscript', 'template', 'head']);
/** Elements that show something by what their own tag says. */
const telling = new Set(['img', 'iframe', 'input', 'canvas']);
const hidden =
  /\shidden(?=[\s=/>])|\btype\s*=\s*["']?hidden|display\s*:\s*none|visibility\s*:\s*hidden|\bclass\s*=\s*["'][^"'>]{0,200}\b(?:hidden|hide|d-none)\b/i;

/**
 * True if a page shows a challenge to its reader: what scripts, hidden elements and comments hold is
 * not shown, since many a login page carries a captcha that it shows to nobody most of the time.
 */
export function showsChallenge(body: string): boolean {
  const page = body.slice(0, searched);
  const text = /^\s*</.test(page) ? visibleText(page) : withoutEmptyFields(page);
  return challenge.test(decoded(text));
}

/** In linear time, whatever the page: a hostile server may send any number of open brackets. */
function visibleText(page: string): string {
  const lower = page.toLowerCase();
  let text = '';
  let at = 0;
  while (at < page.length) {
    const open = page.indexOf('<', at);
    if (open < 0) return text + page.slice(at);
    text += page.slice(at, open);
    if (page.startsWith('<!--', open)) {
      at = after(page, '-->', open);
      continue;
    }
    at = after(page, '>', open);
    const tag = page.slice(open, Math.min(at, open + 2_000));
    const name = /^<([a-z0-9]+)/i.exec(tag)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    const isHidden = unseen.has(name) || hidden.test(tag);
    if (isHidden && !telling.has(name)) at = endOf(lower, name, at);
    else if (!isHidden && telling.has(name)) text += ` ${tag} `;
  }
  return text;
}

/** Where this ends that is looked for; the end of the text when it is not there. */
function after(text: string, sought: string, from: number): number {
  const found = text.indexOf(sought, from);
  return found < 0 ? text.length : found + sought.length;
}

/** Where the element ends whose first tag ends here, with all that is in it. */
function endOf(lower: string, name: string, from: number): number {
  const tags = new RegExp(`<(/?)${name}\\b`, 'g');
  tags.lastIndex = from;
  let depth = 1;
  for (let tag = tags.exec(lower); tag !== null; tag = tags.exec(lower)) {
    depth += tag[1] === '/' ? -1 : 1;
    if (depth === 0) return tags.lastIndex;
  }
  return lower.length;
}

/** In JSON, a field that is empty asks for nothing. */
function withoutEmptyFields(text: string): string {
  return text.replace(/"[^"]{0,40}"\s{0,5}:\s{0,5}(?:null|false|0|"")/g, '');
}

/** Characters that JSON or HTML wrote by their numbers. */
function decoded(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})|&#(\d{1,6});|&#x([0-9a-f]{1,5});/gi, (_, unit, dec, hex) =>
    String.fromCodePoint(dec === undefined ? Number.parseInt(unit ?? hex, 16) : Number(dec)),
  );
}
