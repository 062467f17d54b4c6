import { type CommandName, type Commands, commands } from './control/commands.ts';

/** The control API as methods: `await control.share({ pageId })`. Each is documented at its entry in `control/commands.ts`. */
export type EmulatorControl = {
  readonly [Name in CommandName]: (
    ...input: Record<never, never> extends Parameters<Commands[Name]>[1]
      ? [input?: Parameters<Commands[Name]>[1]]
      : [input: Parameters<Commands[Name]>[1]]
  ) => Promise<Awaited<ReturnType<Commands[Name]>>>;
};

/**
 * Steers a running emulator from a test.
 * @param url the emulator's own url
 * @param token its control token, from the ready message or the ready file
 * @throws Error with the emulator's sentence when a command is refused
 */
export function emulatorControl(url: string, token: string): EmulatorControl {
  const run = async (name: string, input: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_emulator/${name}`, {
      method: 'POST',
      headers: { 'x-emulator-token': token, 'content-type': 'application/json' },
      body: JSON.stringify(input ?? {}),
    });
    const answer = (await response.json()) as { result?: unknown; error?: string };
    if (!response.ok) throw new Error(`emulator: ${answer.error}`);
    return answer.result;
  };
  const methods = Object.keys(commands).map(name => [name, (input: unknown) => run(name, input)]);
  return Object.fromEntries(methods) as EmulatorControl;
}
