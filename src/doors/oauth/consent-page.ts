import type { AccessRequest } from '../../domain/consent.ts';
import { isLoopback } from '../../domain/network-of.ts';
import { type Html, html } from '../connect/html.ts';
import { type PageOptions, page } from '../connect/page.ts';
import type { ConsentPlace } from './protocol.ts';

/** Asks a person what an MCP client may do. The client's description of itself is a stranger's text. */
export function consentPage(
  asked: AccessRequest,
  places: readonly ConsentPlace[],
  form: { readonly uid: string; readonly token: string; readonly problem: string | null },
  options: PageOptions,
): string {
  const name = asked.clientName === '' ? 'A program' : asked.clientName;
  const content = html`
${form.problem === null ? '' : html`<p role="alert"><strong>${form.problem}</strong></p>`}
<p><strong>${name}</strong> wants to work in Notion on your behalf, through Portcullis. It never sees a Notion token, and
everything that it does is logged.</p>
<dl>
<dt>It calls itself</dt><dd>${name}</dd>
<dt>It is known as</dt><dd>${asked.clientId}</dd>
<dt>Afterwards your browser is sent to</dt><dd>${destination(asked.redirectUri)}</dd>
</dl>
<form method="post" action="/oauth/consent/${form.uid}">
<fieldset><legend>Where, and as whom</legend>${places.map(placeChoice)}</fieldset>
${scopeChoice(asked)}
<fieldset><legend>Which pages</legend>
<label><input type="radio" name="reach" value="all" checked> Everything that the role above may have</label>
<label><input type="radio" name="reach" value="pages"> Only these pages and databases, with what lies under them:</label>
<label>Links from Notion, one a line<br><textarea name="pages" rows="3" cols="50"></textarea></label>
</fieldset>
<input type="hidden" name="token" value="${form.token}">
<button class="primary" name="answer" value="allow">Allow</button>
<button name="answer" value="deny">Do not allow</button>
</form>`;
  return page(`Let ${name} into your Notion?`, content, options);
}

/** A person without a workspace cannot let a client into one. */
export function noWorkspacePage(options: PageOptions): string {
  const content = html`<p>You are a member of no workspace that this client asks for. An admin of the workspace can add
you.</p><p><a class="button" href="/workspaces">Go to the list of workspaces</a></p>`;
  return page('There is no workspace to let it into', content, options);
}

function placeChoice(place: ConsentPlace, index: number): Html {
  const { id, name, role, actions, agent } = place;
  const value = agent === null ? id : `${id} ${agent.id}`;
  const who = agent === null ? 'you' : `your agent ${agent.name}`;
  const may = agent === null ? html` (${role}: ${actions.join(', ')})` : '';
  return html`<label><input type="radio" name="place" value="${value}"${index === 0 ? html` checked` : ''}>
${name}, as ${who}${may}</label>`;
}

function scopeChoice({ scopes }: AccessRequest): Html {
  if (!scopes.includes('write')) return html`<p>It asks to read, and to change nothing.</p>`;
  return html`<fieldset><legend>What it may do</legend>
<label><input type="radio" name="access" value="write" checked> Read and change, as far as the role allows</label>
<label><input type="radio" name="access" value="read"> Read only</label></fieldset>`;
}

function destination(uri: string): Html {
  if (!URL.canParse(uri)) return html`nowhere`;
  const { protocol, hostname, host } = new URL(uri);
  if (protocol === 'http:' && isLoopback(hostname)) return html`${host}, a program on this computer`;
  return protocol === 'https:' ? html`${host}` : html`the application that opens ${protocol} links on this computer`;
}
