import { newId } from '../../src/domain/ids.ts';
import { createRotationStores } from '../../src/store/rotation/rotation-stores.ts';
import { rotateWorkspaceKeys } from '../../src/vault/rotation/rotate-workspace-keys.ts';
import { openValue, sealValue } from '../../src/vault/sealed-value.ts';
import { atLeast, type Claim } from '../claim.ts';
import { median } from '../median.ts';
import { addConnections, openVault, type Vault } from './vault.ts';

type SealedTables = ReturnType<typeof createRotationStores>['tables'];

const rounds = 5;
const connections = 2_000;

/**
 * A rotation of workspace keys in the database, against opening and sealing the same values in memory, in the same batches
 * and with the same functions. They take turns.
 */
export async function rotation(): Promise<Claim> {
  await using vault = await openVault();
  await addConnections(vault, connections, 'https://api.notion.com');
  const { database, keys } = vault;
  const stores = createRotationStores(database, { instance: () => newId('ins'), now: () => new Date() });
  const parts = { keys, ...stores };
  await resealMs(keys, stores.tables);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const bareMs = await resealMs(keys, stores.tables);
    const rotationMs = await timeOf(() => rotateWorkspaceKeys(parts, null));
    console.log(`round ${round} of ${rounds}  bare ${bareMs.toFixed(0)} ms  rotation ${rotationMs.toFixed(0)} ms`);
    ratios.push(bareMs / rotationMs);
  }
  return atLeast('speed of a rotation against bare re-encryption of the same values', median(ratios), 'x', 0.5);
}

/** How long the cryptography alone takes: the values are read before. */
async function resealMs(keys: Vault['keys'], tables: SealedTables): Promise<number> {
  const rows: Awaited<ReturnType<SealedTables[number]['all']>>[number][] = [];
  for (const table of tables) rows.push(...(await table.all(null, 1_000_000)));
  const startedAt = performance.now();
  for (let at = 0; at < rows.length; at += 500) {
    await Promise.all(
      rows
        .slice(at, at + 500)
        .map(({ workspaceId, kid, binding, sealed }) =>
          keys.use(workspaceId, kid, async key => sealValue(key, binding, await openValue(key, binding, sealed))),
        ),
    );
  }
  return performance.now() - startedAt;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
