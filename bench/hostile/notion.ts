// The emulator with three companies in it: two that work, and one whose people attack.
import { emulatorControl } from '../../emulator/control.ts';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { acme } from '../../emulator/seeds/acme.ts';
import { globex, otherAcme } from '../../emulator/seeds/globex.ts';
import { idOf } from '../../emulator/seeds/plant.ts';
import type { WorkspaceSeed } from '../../emulator/seeds/seed.ts';
import { startEmulator } from '../../emulator/server.ts';
import { childReady } from '../child.ts';

/** A workspace at Notion, and who connects it. */
export interface Company {
  readonly url: string;
  readonly workspaceId: string;
  readonly people: { readonly id: string; readonly name: string }[];
  readonly pages: { readonly root: string };
}

export interface NotionReady {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly controlToken: string;
  readonly working: readonly [Company, Company];
  readonly attacking: Company;
}

const emulator = await startEmulator({ seed: [acme, globex, otherAcme] });
const { url, clientId, clientSecret, controlToken } = emulator;
process.on('message', async (redirectUri: string) => {
  process.send?.(await emulatorControl(url, controlToken).addRedirectUris({ redirectUris: [redirectUri] }));
});
childReady(
  {
    ...{ origin: url, clientId, clientSecret, controlToken },
    working: [companyOf(acme), companyOf(globex)],
    attacking: companyOf(otherAcme),
  } satisfies NotionReady,
  emulator.close,
);

function companyOf(seed: WorkspaceSeed): Company {
  const people = seed.people.map(({ key, name }) => ({ id: uuidNamed(`${seed.key}/${key}`), name }));
  return { url, workspaceId: uuidNamed(`${seed.key}/workspace`), people, pages: { root: idOf(seed, { key: 'root' }) } };
}
