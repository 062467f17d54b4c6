import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { prepareDemo } from '../../src/cli/demo/start-demo.ts';
import { type InProcess, notionAt, openInProcess } from '../in-process.ts';
import type { Ready } from './demo.ts';

/** What the demo is to those who use it: a gateway with a connected workspace and three keys, in this process. */
export interface DemoInProcess {
  readonly ready: Ready;
  readonly emulator: EmulatorControl;
  readonly notion: Emulator;
  readonly testDatabase: InProcess['testDatabase'];
  /** The settings, for commands on the same database. */
  readonly env: Readonly<Record<string, string>>;
  /** The program's log and the audit log so far, in lines of JSON. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts it in a fraction of the time that a process of its own takes, on the PostgreSQL that all tests share. */
export async function startDemoInProcess(env: Readonly<Record<string, string>> = {}): Promise<DemoInProcess> {
  const notion = await startEmulator();
  const control = emulatorControl(notion.url, notion.controlToken);
  const said: string[] = [];
  const inProcess = await openInProcess({
    mode: 'demo',
    env,
    notion: async () => notionAt(notion),
    overrides: { background: true, onAudit: rows => void said.push(...rows.map(({ entry }) => entry)) },
  }).catch(async error => {
    await notion.close();
    throw error;
  });
  const stop = async () => {
    await inProcess.close();
    await notion.close();
  };
  try {
    const facts = { type: 'ready' as const, ...notion, people: [...notion.people] };
    const addRedirectUri = async (uri: string) => void (await control.addRedirectUris({ redirectUris: [uri] }));
    const ready = await prepareDemo(inProcess, { facts, addRedirectUri });
    return {
      ready,
      emulator: control,
      notion,
      testDatabase: inProcess.testDatabase,
      env: inProcess.env,
      output: () => [...inProcess.programLog, ...said].join('\n'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
