import { type Html, html } from './html.ts';
import type { StoredMessage } from './mailbox.ts';
import { fieldValue, readableHeader } from './message.ts';

/** How many messages the list shows, newest first. */
const listed = 50;

function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – demo webmail</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere}label{display:block;margin:.5rem 0}</style>
<main>
${body}
</main>
</html>
`.text;
}

/** `formToken` guards the form against other sites. */
export function loginPage(formToken: string, complaint: string | null): string {
  const alert = complaint === null ? '' : html`<p role="alert" id="login-error">${complaint}</p>`;
  return page(
    'Log in',
    html`<h1>Demo webmail</h1>
${alert}
<form method="post" action="login" id="login">
<input type="hidden" name="form_token" value="${formToken}">
<label>User <input name="user" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>
</form>`,
  );
}

export function inboxPage(
  address: string,
  formToken: string,
  messages: readonly StoredMessage[],
): string {
  const rows = messages
    .toReversed()
    .slice(0, listed)
    .map((message) => {
      const when = new Date(message.receivedAt).toISOString().slice(0, 19).replace('T', ' ');
      const sender = shown(message, 'from');
      return html`<li><a href="message/${message.uid}">${shown(message, 'subject')}</a> <small>${sender}, ${when} UTC</small></li>
`;
    });
  return page(
    'Inbox',
    html`<h1>Inbox</h1>
<p id="account">${address}: ${messages.length} messages</p>
<ul id="messages">
${rows}</ul>
<p><a href="compose">Write a message</a></p>
<form method="post" action="logout" id="logout">
<input type="hidden" name="form_token" value="${formToken}">
<button>Log out</button>
</form>`,
  );
}

/** `formToken` as on the login page. */
export function composePage(formToken: string): string {
  return page(
    'Write a message',
    html`<h1>Write a message</h1>
<form method="post" action="send" id="compose">
<input type="hidden" name="form_token" value="${formToken}">
<label>To <input name="to" type="email" required></label>
<label>Subject <input name="subject"></label>
<label>Text <textarea name="text" rows="10" cols="60"></textarea></label>
<button>Send</button>
</form>
<p><a href="inbox">Inbox</a></p>`,
  );
}

export function messagePage(message: StoredMessage): string {
  const text = Buffer.from(message.text, 'latin1').toString('utf8');
  return page(
    'Message',
    html`<h1>${shown(message, 'subject')}</h1>
<p>From ${shown(message, 'from')}, to ${shown(message, 'to')}</p>
<pre id="source">${text}</pre>
<p><a href="../inbox">Inbox</a></p>`,
  );
}

export function noticePage(title: string, notice: string): string {
  return page(
    title,
    html`<h1>${title}</h1>
<p id="notice">${notice}</p>`,
  );
}

function shown(message: StoredMessage, name: string): string {
  return readableHeader(fieldValue(message.header, name) ?? '') || `(no ${name})`;
}
