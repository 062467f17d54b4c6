import { Html, html } from './html.ts';

export interface PageOptions {
  readonly nonce: string;
  readonly demo: boolean;
}

/** A page without scripts, for people who are sent back and forth between Portcullis and Notion. */
export function page(title: string, content: Html, { nonce, demo }: PageOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Portcullis</title>
<style nonce="${nonce}">${new Html(style)}</style>
</head>
<body>
${demo ? html`<p class="demo">Demo: the Notion behind this page is an emulator.</p>` : ''}
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.toString();
}

const style = `
:root { color-scheme: light dark; --text: light-dark(#1a1b1e, #e9ecef); --soft: light-dark(#495057, #ced4da);
  --ground: light-dark(#f8f9fa, #1a1b1e); --card: light-dark(#fff, #25262b); --line: light-dark(#868e96, #909296);
  --strong: light-dark(#1864ab, #a5d8ff); --on-strong: light-dark(#fff, #0b2239); }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; font: 1rem/1.6 system-ui, sans-serif; color: var(--text); background: var(--ground); }
main { max-width: 38rem; margin: 0 auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; overflow-wrap: anywhere; }
h1 { margin-top: 0; font-size: 1.5rem; line-height: 1.3; }
dt { color: var(--soft); } dd { margin: 0 0 1rem; font-weight: 600; } dd ul { margin: 0; padding-left: 1.2rem; }
a { color: var(--strong); }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
fieldset { width: 100%; border: 1px solid var(--line); border-radius: .3rem; } label { display: block; padding: .3rem 0; }
button, .button { display: inline-block; padding: .6rem 1.2rem; font: inherit; font-weight: 600; border-radius: .3rem;
  border: 2px solid var(--strong); background: var(--card); color: var(--strong); text-decoration: none; cursor: pointer; }
.primary { background: var(--strong); color: var(--on-strong); }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 3px; }
.demo { max-width: 38rem; margin: 0 auto 1rem; text-align: center; }
`;
