import { consentLayout, hidden, options, personNames, workspaceNames } from '../../oauth/consent-page.ts';
import { type Html, html } from '../../oauth/html.ts';
import type { McpClient } from '../../world/mcp-grants.ts';
import type { Person, Workspace } from '../../world/records.ts';
import type { World } from '../../world/world.ts';

/**
 * The page on which a person lets an MCP client act as them. Two plain forms, no script: the first chooses who is signed
 * in, the second posts these stable fields: `person_id`, `workspace_id`, `decision` (`allow` or `cancel`), and the
 * request's own parameters. There is no page picker: the client sees what the person sees.
 */
export function mcpConsentPage(
  world: World,
  client: McpClient,
  request: URLSearchParams,
  { person, workspace }: { person: Person; workspace: Workspace },
): Html {
  const carried = [...request]
    .filter(([name]) => !['person_id', 'workspace_id', 'decision'].includes(name))
    .map(([name, value]) => hidden(name, value));
  const name = client.name || client.id;
  return consentLayout(
    `Connect ${name}`,
    html`<h1>${name} wants to use Notion MCP</h1>
<form method="get" action="/authorize">
${carried}
<fieldset><legend>Signed in as</legend>
<label>Person <select name="person_id">${options(personNames(world), person.id)}</select></label>
<label>Workspace <select name="workspace_id">${options(workspaceNames(world), workspace.id)}</select></label>
<button>Switch</button></fieldset>
</form>
<form method="post" action="/authorize">
${carried}
<input type="hidden" name="person_id" value="${person.id}">
<input type="hidden" name="workspace_id" value="${workspace.id}">
<p>${name} will see and change everything in ${workspace.name} that ${person.name} can, private pages included.</p>
<p>Afterwards you return to <code>${new URL(request.get('redirect_uri') ?? '').host}</code>.</p>
<p><button name="decision" value="allow">Allow access</button>
<button name="decision" value="cancel">Cancel</button></p>
</form>`,
  );
}
