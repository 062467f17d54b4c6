import { writeFile } from 'node:fs/promises';
import { fromFile, sayVerdict } from './audit-verdict.ts';
import { type Command, UsageError } from './command.ts';
import { textOf } from './workspace-option.ts';

export const auditProve: Command = {
  name: 'audit prove',
  summary: 'Take one entry out of a bundle, with what proves that it is in the log.',
  parameters: ['ENTRY'],
  options: {
    bundle: { takes: 'BUNDLE', doc: 'the bundle, from: portcullis audit export --out BUNDLE' },
    out: { takes: 'PROOF', doc: 'the file to write, which audit verify checks; there must be none yet' },
  },
  notes: 'For a reader who may see one entry and no other. ENTRY is its id, evt_….',
  async run({ parameters, options, terminal }) {
    const { ENTRY: id = '' } = parameters;
    const [bundle, out] = [textOf(options.bundle), textOf(options.out)];
    if (bundle === undefined || out === undefined)
      throw new UsageError('--bundle or --out is missing', 'say which bundle, and where to write the proof');
    // Loaded here, because most commands need none of it.
    const { proveFromBundle } = await import('../operator/proofs/prove-from-bundle.ts');
    const proved = await fromFile(proveFromBundle(bundle, id));
    if (proved.kind === 'does_not_hold') return sayVerdict(terminal, bundle, proved.verdict, { key: null });
    if (proved.kind === 'not_found')
      throw new UsageError(`there is no entry ${id} among the ${proved.size} of the bundle`, 'ENTRY is an id, evt_…');
    await fromFile(writeFile(out, proved.proof, { flag: 'wx' }));
    terminal.err(`entry ${proved.index} is proved in ${out}`);
    return 0;
  },
};
