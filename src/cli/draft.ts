import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { planOf, policyNotes, policyOptions, printPlan, revisionOf } from './policy.ts';
import { fileAsSent, readPolicyFile } from './policy-file.ts';
import { answerOf, type Shapes } from './remote.ts';
import { workspaceAt } from './workspace-option.ts';

const json = { takes: null, doc: 'the whole answer as JSON' };
const noteOfReport =
  'Asks a running gateway, as the holder of a key with the actions `grants` and `audit`. docs/policy.md';

export const draftSet: Command = {
  name: 'draft set',
  summary: 'Try a document beside the policy that decides, from now on. It decides nothing.',
  parameters: ['FILE'],
  options: policyOptions,
  notes: `${policyNotes} What was found of the draft before is forgotten.`,
  async run(invocation) {
    const sent = fileAsSent(await readPolicyFile(invocation.parameters.FILE ?? '-'));
    const { remote, path } = await workspaceAt(invocation);
    const made = await answerOf(remote.PUT('/api/workspaces/{workspace}/policy/draft', { params: { path }, ...sent }));
    invocation.terminal.err(`draft ${made.revision}, on revision ${made.madeOn} of the policy`);
    return 0;
  },
};

export const draftShow: Command = {
  name: 'draft show',
  summary: 'Print the draft, as JSON.',
  parameters: [],
  options: policyOptions,
  notes: policyNotes,
  async run(invocation) {
    const { terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const found = await answerOf(remote.GET('/api/workspaces/{workspace}/policy/draft', { params: { path } }));
    terminal.out(printableJson(found.document));
    terminal.err(printable(`draft ${found.revision}, by ${found.author?.name ?? 'nobody'}, since ${found.setAt}`));
    for (const problem of found.problems) terminal.err(printable(`cannot be applied: ${problem}`));
    return 0;
  },
};

export const draftReport: Command = {
  name: 'draft report',
  summary: 'List the calls that the draft would have decided differently since it was set.',
  parameters: [],
  options: { ...policyOptions, json },
  notes: noteOfReport,
  async run(invocation) {
    const { options, terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const asked = remote.GET('/api/workspaces/{workspace}/policy/draft/report', { params: { path } });
    const found = await answerOf(asked);
    if (options.json === true) terminal.out(printableJson(found));
    else for (const flip of found.flips) terminal.out(printable(sayFlip(flip)));
    const { calls, since, lost, gained } = found;
    terminal.err(`${calls} calls since ${since}: ${lost} would be denied, ${gained} would be allowed.`);
    for (const problem of found.problems) terminal.err(printable(`cannot be applied: ${problem}`));
    return 0;
  },
};

/** `agent:Scout  pages.retrieve  read page:…  would be deny (denied_by_grant)  12 times, … to …` */
function sayFlip(flip: Shapes['DraftFlips']): string {
  const { principal, operation, object, action, becomes, because, calls, first, last } = flip;
  const where = object.id === null ? object.kind : `${object.kind}:${object.id}`;
  const when = `${calls} ${calls === 1 ? 'time' : 'times'}, ${first} to ${last}`;
  return `${principal.name}  ${operation}  ${action} ${where}  would be ${becomes} (${because})  ${when}`;
}

export const draftPromote: Command = {
  name: 'draft promote',
  summary: 'Make the draft the policy, and say what that changes.',
  parameters: [],
  options: policyOptions,
  notes: `${policyNotes} It is refused where the policy or the draft changes meanwhile.`,
  async run(invocation) {
    const { terminal } = invocation;
    const { remote, path } = await workspaceAt(invocation);
    const draft = await answerOf(remote.GET('/api/workspaces/{workspace}/policy/draft', { params: { path } }));
    const planned = await planOf(invocation, { body: draft.document });
    await remote.POST('/api/workspaces/{workspace}/policy/draft/promote', {
      params: { path, header: { 'if-match': `"${planned.revision}"` } },
      body: { draft: draft.revision },
    });
    printPlan(planned, terminal);
    terminal.err(`applied: revision ${await revisionOf(remote, path)}`);
    return 0;
  },
};

export const draftRemove: Command = {
  name: 'draft remove',
  summary: 'Give up the draft, and what was found of it.',
  parameters: [],
  options: policyOptions,
  notes: policyNotes,
  async run(invocation) {
    const { remote, path } = await workspaceAt(invocation);
    await remote.DELETE('/api/workspaces/{workspace}/policy/draft', { params: { path } });
    return 0;
  },
};
