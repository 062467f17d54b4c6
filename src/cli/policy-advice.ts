import type { operations } from '../domain/admin-api.ts';
import { printable, printableJson } from '../domain/printable.ts';
import type { Command } from './command.ts';
import { documentIn, policyNotes, policyOptions, timeOf } from './policy.ts';
import { readPolicyFile } from './policy-file.ts';
import { answerOf, type BodyOf } from './remote.ts';
import { textOf, workspaceAt } from './workspace-option.ts';

const json = { takes: null, doc: 'the whole answer as JSON' };

export const policyLint: Command = {
  name: 'policy lint',
  summary: 'List grants, groups and roles that do nothing, or more than they seem to.',
  parameters: [],
  options: { ...policyOptions, file: { takes: 'FILE', doc: 'of a document, instead of the policy as it is' }, json },
  notes: `${policyNotes} Nothing is changed, and nothing that is listed is an error.`,
  async run(invocation) {
    const { options, terminal } = invocation;
    const file = textOf(options.file);
    const asked = file === undefined ? {} : { policy: await documentIn(await readPolicyFile(file)) };
    const body = asked as BodyOf<operations['policy.lint']>;
    const { remote, path } = await workspaceAt(invocation);
    const found = await answerOf(remote.POST('/api/workspaces/{workspace}/policy/lint', { params: { path }, body }));
    if (options.json === true) terminal.out(printableJson(found));
    else for (const { of, says } of found.findings) terminal.out(printable(`${of}  ${says}`));
    if (found.findings.length === 0) terminal.err('There is nothing to say.');
    return 0;
  },
};

export const policyLeastPrivilege: Command = {
  name: 'policy least-privilege',
  summary: 'Propose smaller grants and roles from what was used, each with the calls that it would break.',
  parameters: [],
  options: {
    ...policyOptions,
    since: { takes: 'TIME', doc: 'from when on; the last 90 days unless given' },
    until: { takes: 'TIME', doc: 'until when; now unless given' },
    json,
  },
  notes:
    'Asks a running gateway, as the holder of a key with the actions `grants` and `audit`. Nothing is changed. docs/policy.md',
  async run(invocation) {
    const { options, terminal } = invocation;
    const [since, until] = [textOf(options.since), textOf(options.until)];
    const body = {
      ...(since !== undefined && { since: timeOf('--since', since) }),
      ...(until !== undefined && { until: timeOf('--until', until) }),
    };
    const { remote, path } = await workspaceAt(invocation);
    const found = await answerOf(
      remote.POST('/api/workspaces/{workspace}/policy/least-privilege', { params: { path }, body }),
    );
    if (options.json === true) terminal.out(printableJson(found));
    else {
      for (const { says, uses, observedSince, breaks } of found.proposals)
        terminal.out(printable(`${says}  used ${uses} times since ${observedSince}, would break ${breaks} calls`));
      terminal.err(`From ${found.calls} calls: ${found.proposals.length} proposals, each by itself.`);
    }
    if (!found.complete) terminal.err('There are more calls in that time: what is used rarely may be missing.');
    return 0;
  },
};
