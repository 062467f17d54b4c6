import { fromFile, keyOption, pinnedKey, sayVerdict } from './audit-verdict.ts';
import type { Command } from './command.ts';
import { textOf } from './workspace-option.ts';

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Check a bundle of the log, or the proof of one entry, without any server.',
  parameters: ['FILE'],
  options: {
    ...keyOption,
    against: { takes: 'CHECKPOINT', doc: 'a checkpoint of the same log that you kept: a file with the signed note' },
  },
  notes:
    'Exits 0 only if everything holds, 1 if something does not, and says which entry is wrong and how. Without --key it says unauthenticated: then the file shows that it is whole, not who wrote it. That entries were only appended can be said against a kept checkpoint alone. tools/verify_audit.py does the same in Python.',
  async run(invocation) {
    const { parameters, options, terminal } = invocation;
    const { FILE: path = '' } = parameters;
    const key = pinnedKey(invocation);
    // Loaded here, because most commands need none of it.
    const { readCheckpoint, verifyFile } = await import('../operator/proofs/verify-file.ts');
    const kept = textOf(options.against);
    const against = kept === undefined ? null : await fromFile(readCheckpoint(kept));
    const progress = (count: number) => terminal.progress(`${count} entries`);
    const verdict = await fromFile(verifyFile(path, { key, against }, { progress }));
    return sayVerdict(terminal, path, verdict, { key });
  },
};
