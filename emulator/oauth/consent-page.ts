import type { Client } from '../world/connections.ts';
import type { Node, Person, Workspace } from '../world/records.ts';
import { mayShare } from '../world/sharing.ts';
import { titleOf } from '../world/tree.ts';
import type { World } from '../world/world.ts';
import { type Html, html } from './html.ts';

/** The request that a consent page answers; it is carried through the page in hidden fields. */
export interface AuthorizeRequest {
  readonly client: Client;
  /** As sent; `null` if it was left out. */
  readonly redirectUri: string | null;
  /** Where the answer goes. */
  readonly target: string;
  readonly state: string | null;
}

const PICKER_LEVELS = 3;
const PICKER_ENTRIES = 300;

/**
 * The page on which a person allows or cancels. Two plain forms, no script: the first chooses who is signed in (in
 * place of Notion's login), the second is the page picker. The second posts these fields, which are stable:
 * `person_id`, `workspace_id`, `page_id` (once for each ticked page), `decision` (`allow` or `cancel`), and the
 * request's own `client_id`, `redirect_uri`, `response_type`, `owner` and `state`.
 */
export function consentPage(world: World, request: AuthorizeRequest, person: Person, workspace: Workspace): Html {
  return consentLayout(
    `Connect ${request.client.name}`,
    html`<h1>${request.client.name} wants to connect to Notion</h1>
<form method="get" action="/v1/oauth/authorize">
${hiddenFields(request)}
<fieldset><legend>Signed in as</legend>
<label>Person <select name="person_id">${options(personNames(world), person.id)}</select></label>
<label>Workspace <select name="workspace_id">${options(workspaceNames(world), workspace.id)}</select></label>
<button>Switch</button></fieldset>
</form>
<form method="post" action="/v1/oauth/authorize">
${hiddenFields(request)}
<input type="hidden" name="person_id" value="${person.id}">
<input type="hidden" name="workspace_id" value="${workspace.id}">
<h2>${request.client.name} will be able to</h2>
<ul>${abilities(request.client)}</ul>
<fieldset><legend>Pages in ${workspace.name} that it may use</legend>
${picker(world, workspace, person)}
</fieldset>
<p><button name="decision" value="allow">Allow access</button>
<button name="decision" value="cancel">Cancel</button></p>
</form>`,
  );
}

/** What a person sees when the request itself is wrong: nothing is sent to a redirect address that is not registered. */
export function refusalPage(reason: string): Html {
  return consentLayout('Connection not possible', html`<h1>Connection not possible</h1><p role="alert">${reason}</p>`);
}

/** The frame of every page that a person sees. */
export function consentLayout(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
fieldset { border: 1px solid #8886; border-radius: .5rem; margin: 1rem 0 }
label { display: inline-block; padding: .25rem 0; margin-right: 1rem }
ul.picker { list-style: none; padding-left: 1.25rem; margin: 0 }
button, select { font: inherit; padding: .25rem .75rem }
</style></head><body><main>${body}</main></body></html>`;
}

function hiddenFields(request: AuthorizeRequest): Html {
  const redirect = request.redirectUri === null ? '' : hidden('redirect_uri', request.redirectUri);
  const state = request.state === null ? '' : hidden('state', request.state);
  return html`${hidden('client_id', request.client.id)}${hidden('response_type', 'code')}${hidden('owner', 'user')}${redirect}${state}`;
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

interface Choice {
  readonly id: string;
  readonly name: string;
}

export function personNames(world: World): Choice[] {
  return [...world.people.values()].map(({ id, name, email }) => ({ id, name: `${name} (${email})` }));
}

/** Workspaces may have the same name: the address of the first member tells them apart. */
export function workspaceNames(world: World): Choice[] {
  return [...world.workspaces.values()].map(({ id, name, members }) => ({
    id,
    name: `${name} (${world.people.get(members[0] ?? '')?.email ?? 'empty'})`,
  }));
}

export function options(choices: readonly Choice[], chosen: string): Html[] {
  return choices.map(({ id, name }) =>
    id === chosen
      ? html`<option value="${id}" selected>${name}</option>`
      : html`<option value="${id}">${name}</option>`,
  );
}

const ABILITIES = {
  read_content: 'read content',
  update_content: 'update content',
  insert_content: 'insert content',
  read_comments: 'read comments',
  insert_comments: 'insert comments',
} as const;

function abilities(client: Client): Html[] {
  const names = Object.entries(ABILITIES).filter(([key]) => client.capabilities[key as keyof typeof ABILITIES]);
  const people = {
    none: [],
    without_email: ['see names of people'],
    with_email: ['see names and addresses of people'],
  };
  const users = people[client.capabilities.user_information];
  return [...names.map(([, name]) => name), ...users].map(name => html`<li>${name}</li>`);
}

/** Pages and databases that the person may share, ticked as the workspace suggests; children go with their parent. */
function picker(world: World, workspace: Workspace, person: Person): Html {
  const budget = { left: PICKER_ENTRIES };
  const entries = pickerLevel(world, world.tops.get(workspace.id) ?? [], workspace, person, PICKER_LEVELS, budget);
  return entries.length === 0
    ? html`<p>There is no page that you may share.</p>`
    : html`<ul class="picker">${entries}</ul>`;
}

function pickerLevel(
  world: World,
  ids: readonly string[],
  workspace: Workspace,
  person: Person,
  levels: number,
  budget: { left: number },
): Html[] {
  if (levels === 0) return [];
  const entries: Html[] = [];
  for (const id of ids) {
    const node = world.nodes.get(id);
    if (node === undefined || node.inTrash || !mayShare(world, person.id, node)) continue;
    if (budget.left === 0) break;
    budget.left -= 1;
    const below = node.kind === 'page' ? pickerLevel(world, node.children, workspace, person, levels - 1, budget) : [];
    entries.push(html`<li>${checkbox(node, workspace.ticked.includes(id))}<ul class="picker">${below}</ul></li>`);
  }
  return entries;
}

function checkbox(node: Node, ticked: boolean): Html {
  const title = titleOf(node) || 'Untitled';
  return ticked
    ? html`<label><input type="checkbox" name="page_id" value="${node.id}" checked> ${title}</label>`
    : html`<label><input type="checkbox" name="page_id" value="${node.id}"> ${title}</label>`;
}
