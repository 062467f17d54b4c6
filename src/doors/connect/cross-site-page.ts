import { html } from './html.ts';
import { type PageOptions, page } from './page.ts';

/** Another site sent the browser to where connecting starts: the person decides. */
export function crossSitePage(startPath: string, options: PageOptions): string {
  const content = html`<p>Another site led you here. If you did not mean to connect a workspace, close this page.</p>
<p><a class="button primary" href="${startPath}">Go on to Notion</a></p>`;
  return page('Connect a Notion workspace?', content, options);
}
