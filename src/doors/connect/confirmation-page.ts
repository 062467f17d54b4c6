import { attemptMinutes } from '../../domain/attempt-states.ts';
import type { Waiting } from './connect-commands.ts';
import { type Html, html } from './html.ts';
import { type PageOptions, page } from './page.ts';

export interface ConfirmationForm {
  readonly connectionId: string;
  /** Proves that the answer comes from this page in this session. */
  readonly formToken: string;
}

/** Asks the person whether this is what they meant (rule 1): which workspace, who administers it, who will use it. */
export function confirmationPage(waiting: Waiting, form: ConfirmationForm, options: PageOptions): string {
  const { workspaceName, isNew, notionOwnerName, beside, admins } = waiting;
  const title = isNew ? 'Connect this workspace?' : titleFor(beside);
  const content = html`<p>Notion has given access. Nothing uses it until you confirm, within ${attemptMinutes} minutes.</p>
<dl>
<dt>Notion workspace</dt><dd>${workspaceName}</dd>
<dt>Access given by</dt><dd>${notionOwnerName ?? 'the workspace itself'}</dd>
<dt>${isNew ? 'Its admin in Portcullis will be' : 'Its admins in Portcullis are'}</dt>
<dd><ul>${admins.map(({ name, email }) => html`<li>${name} (${email})</li>`)}</ul></dd>
${beside ? html`<dt>Beside it</dt><dd>${besideIt(beside)}</dd>` : ''}
<dt>Who will use this connection</dt><dd>${audience(waiting)}</dd>
</dl>
<form method="post" action="/auth/notion/confirm">
${choiceOf(waiting)}
<input type="hidden" name="connection" value="${form.connectionId}">
<input type="hidden" name="token" value="${form.formToken}">
<button class="primary" name="answer" value="confirm">Confirm</button>
<button name="answer" value="cancel">Cancel</button>
</form>`;
  return page(title, content, options);
}

/** Another account at Notion, or another kind of access, is another connection: that must not come as a surprise. */
function titleFor(beside: number | null): string {
  return beside ? 'Add another connection to this workspace?' : 'Reconnect this workspace?';
}

function besideIt(beside: number): string {
  return beside === 1
    ? '1 other connection, which stays as it is'
    : `${beside} other connections, which stay as they are`;
}

/** Both connections would stay side by side, unless the person says that the new one replaces another. */
function choiceOf({ replaceable }: Waiting): Html | string {
  if (replaceable.length === 0) return '';
  const choices = replaceable.map(
    ({ connectionId, notionOwnerName }) => html`<label><input type="radio" name="replacing" value="${connectionId}">
Take the place of the connection of ${notionOwnerName ?? 'the workspace itself'}, which is disconnected then</label>`,
  );
  return html`<fieldset>
<legend>Other connections of this workspace</legend>
<label><input type="radio" name="replacing" value="" checked> Keep them all</label>
${choices}
</fieldset>`;
}

function audience({ audience, isNew, memberCount }: Waiting): Html {
  if (audience === 'owner') return html`You alone`;
  if (isNew) return html`You, and every member that its admins will add, as their roles allow`;
  return html`Every member of the workspace (now ${memberCount}), as their roles allow`;
}
