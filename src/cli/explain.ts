import type { operations } from '../domain/admin-api.ts';
import { isId } from '../domain/ids.ts';
import { printable, printableJson } from '../domain/printable.ts';
import { type Command, type Invocation, type Option, UsageError } from './command.ts';
import { answerOf, type BodyOf, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { readScope } from './scope.ts';
import { textOf, workspaceAt, workspaceOption } from './workspace-option.ts';

const options: Readonly<Record<string, Option>> = {
  ...remoteOptions,
  ...workspaceOption,
  json: { takes: null, doc: 'the whole answer as JSON' },
};

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Say why a call was or would be decided so, and what would turn that round.',
  parameters: ['DECISION_OR_PLACE'],
  options: {
    ...options,
    may: { takes: 'ACTION', doc: 'with a place: the action to explain' },
    who: { takes: 'WHO', doc: 'with a place: an address, agent:NAME or an id; yourself unless given' },
  },
  notes:
    'A decision has an id, dec_…, which stands in the log and in refusals. A place is workspace, page:ID or database:ID. ' +
    'About others it takes a key with the action `grants`. docs/policy.md',
  async run(invocation) {
    const body = questionIn(invocation);
    const { remote, path } = await workspaceAt(invocation);
    const found = await answerOf(remote.POST('/api/workspaces/{workspace}/explain', { params: { path }, body }));
    if (invocation.options.json === true) invocation.terminal.out(printableJson(found));
    else for (const line of tell(found)) invocation.terminal.out(printable(line));
    return 0;
  },
};

export const whoCanCommand: Command = {
  name: 'who-can',
  summary: 'List every principal who may do something on a page.',
  parameters: ['ACTION', 'PLACE'],
  options,
  notes: 'A place is workspace, page:ID or database:ID. It takes a key with the action `grants`. docs/policy.md',
  async run(invocation) {
    const { parameters, options: given, terminal } = invocation;
    const asked = { action: parameters.ACTION, object: placeOf(parameters.PLACE ?? '') };
    const body = asked as BodyOf<operations['policy.who_can']>;
    const { remote, path } = await workspaceAt(invocation);
    const { principals } = await answerOf(
      remote.POST('/api/workspaces/{workspace}/who-can', { params: { path }, body }),
    );
    if (principals.length === 0) terminal.err('Nobody.');
    for (const one of principals) {
      const by = one.because === 'role' ? `as ${one.role}` : `by ${one.grants.join(', ')}`;
      terminal.out(given.json === true ? printableJson(one) : printable(`${one.name}  ${by}`));
    }
    return 0;
  },
};

export const reachCommand: Command = {
  name: 'reach',
  summary: 'List the pages with which a principal may do something.',
  parameters: ['WHO', 'ACTION'],
  options: { ...options, under: { takes: 'PLACE', doc: 'only in this page or database, and below: page:ID' } },
  notes: 'WHO is an address, agent:NAME or an id. About others it takes a key with the action `grants`. docs/policy.md',
  async run(invocation) {
    const { parameters, options: given, terminal } = invocation;
    const place = textOf(given.under);
    const under = place === undefined ? {} : { under: readScope(place).id };
    const { remote, path } = await workspaceAt(invocation);
    let cursor: string | null = null;
    do {
      const asked = {
        principal: parameters.WHO,
        action: parameters.ACTION,
        ...under,
        ...(cursor !== null && { cursor }),
      };
      const body = asked as BodyOf<operations['policy.reach']>;
      const page: Shapes['ReachAnswer'] = await answerOf(
        remote.POST('/api/workspaces/{workspace}/reach', { params: { path }, body }),
      );
      for (const one of page.pages)
        terminal.out(given.json === true ? printableJson(one) : printable(`${one.kind}:${one.id}  ${one.title ?? ''}`));
      cursor = page.nextCursor;
      if (cursor === null && page.counts !== null) terminal.err(sayCounts(page.counts));
    } while (cursor !== null);
    return 0;
  },
};

function sayCounts({ always, sometimes }: { always: number; sometimes: number }): string {
  return sometimes === 0
    ? `${always} in all.`
    : `${always + sometimes} in all, ${sometimes} of them in some calls only.`;
}

type Question = BodyOf<operations['policy.explain']>;

function questionIn({ parameters, options: given }: Invocation): Question {
  const about = parameters.DECISION_OR_PLACE ?? '';
  if (isId('dec', about)) return { decision: about };
  const action = textOf(given.may);
  if (action === undefined) throw new UsageError('--may is missing', 'name an action, or give the id of a decision');
  const principal = textOf(given.who);
  return { ...(principal !== undefined && { principal }), action, object: placeOf(about) } as Question;
}

function placeOf(text: string) {
  const place = readScope(text);
  return { ...place, kind: place.kind === 'page_only' ? 'page' : place.kind };
}

function* tell(found: Shapes['Explanation']): Generator<string> {
  yield `${found.effect}: ${found.principal.name} ${found.action} (${found.because})`;
  if (found.refusedBy === 'notion') yield 'Portcullis allowed it; Notion refused it.';
  if (found.path.length > 0) yield `path: ${found.path.map(nameOf).join(' in ')}`;
  for (const { id, effect, to, on, reason } of found.grants)
    yield `grant: ${id}  ${effect} ${to} on ${on.join(', ')}  ${reason}`;
  if (found.now !== null && found.now !== found.effect) yield `today it would be: ${found.now}`;
  for (const { says } of found.changes) yield `to change it: ${says}`;
}

function nameOf({ kind, id, title }: Shapes['PathElement']): string {
  return title ?? (id === null ? `a ${kind.replace('_', ' ')} that you may not read` : `${kind}:${id}`);
}
