import { html } from 'hono/html';

/** Escaped HTML; every value put into a template is escaped unless it is such HTML itself. */
export type Html = ReturnType<typeof html>;

/** The frame of every page; `refresh` reloads it every five seconds. */
export function page(title: string, refresh: boolean, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh ? html`<meta http-equiv="refresh" content="5">` : ''}
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
</head>
<body>
${body}
</body>
</html>
`;
}
