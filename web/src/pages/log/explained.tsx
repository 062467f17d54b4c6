import { DataList, Stack } from '@mantine/core';
import type { Explanation } from '../../api.ts';
import { Fact } from '../../parts/fact.tsx';
import { inWords } from './reasons.ts';

/** Why: the reason, where the page stands, the grants that decided, and the changes that would reverse the decision. */
export function Explained({ explanation }: { readonly explanation: Explanation }) {
  const { because, path, grants, changes, now, effect } = explanation;
  const places = path.map(
    ({ title, kind, id }) => title ?? (id === null ? `a ${kind} that you may not read` : `${kind} ${id}`),
  );
  return (
    <Stack gap="xs" p="xs" role="group" aria-label="Explanation">
      <DataList size="sm" labelWidth="90px">
        <Fact label="Because">{inWords(because)}</Fact>
        {places.length > 0 && (
          <Fact label="Path">
            <span className="hostile">{places.join(' ‹ ')}</span>
          </Fact>
        )}
        {grants.map(grant => (
          <Fact key={grant.id} label={`Grant: ${grant.effect}`}>
            <span className="hostile">
              {grant.to}: {grant.role === null ? (grant.actions ?? []).join(', ') : `as ${grant.role}`} on{' '}
              {grant.on.join(', ')}. {grant.reason}
            </span>
          </Fact>
        ))}
        {changes.map(change => (
          <Fact key={change.says} label="Would change it">
            <span className="hostile">{change.says}</span>
          </Fact>
        ))}
        {now !== null && now !== effect && <Fact label="Today">The policy of today says the opposite: {now}.</Fact>}
      </DataList>
    </Stack>
  );
}
