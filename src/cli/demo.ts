import type { Command } from './command.ts';
import { announce, writeReadyFile } from './demo/ready.ts';
import { configOf, gatewayOptions, untilStopped } from './gateway-options.ts';
import { armLastResort } from './last-resort.ts';
import { serveWith } from './serve.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'Run everything on this machine, in front of a Notion emulator (npm start).',
  parameters: [],
  options: {
    ...gatewayOptions,
    'emulator-port': {
      takes: 'PORT',
      doc: 'port of the emulator; 0 means any free port',
      setting: 'PORTCULLIS_EMULATOR_PORT',
    },
    'ready-file': { takes: 'FILE', doc: 'write address, keys and page ids to this file, as JSON, when it is ready' },
  },
  notes: 'With the credentials of a Notion integration in the environment, the same as `portcullis serve`.',
  async run(invocation) {
    const { terminal, options } = invocation;
    const config = configOf('demo', invocation);
    if (config.mode === 'serve') return serveWith(config, terminal);
    const stopped = untilStopped();
    const [{ startDemo }, { openProgramLog }] = await Promise.all([
      import('./demo/start-demo.ts'),
      import('./program-log.ts'),
    ]);
    const log = openProgramLog(config);
    const lastResort = armLastResort(log);
    const running = await startDemo(config, log, lastResort.guard);
    lastResort.closeBy(running.stop);
    try {
      const readyFile = options['ready-file'];
      if (typeof readyFile === 'string') await writeReadyFile(readyFile, running.ready);
      terminal.out(announce(running.ready));
      await Promise.race([stopped, running.broken]);
      return 0;
    } finally {
      await running.stop();
    }
  },
};
