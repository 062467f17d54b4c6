import { Button, DataList, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Explanation } from '../../api.ts';
import { Fact } from '../../parts/fact.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { inWords } from './reasons.ts';

interface ExplainDecisionProps {
  readonly workspaceId: string;
  readonly decision: string;
}

/** Why a decision came out so: the path of the page, the grants that decided, and what would turn it round. */
export function ExplainDecision({ workspaceId, decision }: ExplainDecisionProps) {
  const [asked, setAsked] = useState(false);
  const explanation = useQuery({
    queryKey: ['explain', workspaceId, decision],
    queryFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/explain', {
          params: { path: { workspace: workspaceId } },
          body: { decision },
        }),
      ),
    enabled: asked,
  });
  if (!asked) {
    return (
      <Group p="xs">
        <Button size="xs" variant="default" onClick={() => setAsked(true)}>
          Explain the decision
        </Button>
      </Group>
    );
  }
  return <Loaded query={explanation}>{data => <Explained explanation={data} />}</Loaded>;
}

function Explained({ explanation }: { readonly explanation: Explanation }) {
  const { because, path, grants, changes, now, effect } = explanation;
  const places = path.map(
    ({ title, kind, id }) => title ?? (id === null ? `a ${kind} that you may not read` : `${kind} ${id}`),
  );
  return (
    <Stack gap="xs" p="xs" role="region" aria-label="Explanation">
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
