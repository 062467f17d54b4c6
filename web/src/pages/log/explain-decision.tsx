import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Explained } from './explained.tsx';

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
