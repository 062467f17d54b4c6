import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type PolicyFinding, type Workspace } from '../../../../api.ts';
import { ListTable } from '../../../../list/list-table.tsx';
import { Loaded } from '../../../../parts/loaded.tsx';
import { RemoveGrant } from '../remove-grant.tsx';

/**
 * The parts of the policy that have no effect, or more effect than they seem to have. It looks only after a person
 * asks.
 */
export function Findings({ workspace }: { readonly workspace: Workspace }) {
  const [asked, setAsked] = useState(false);
  const lint = useQuery({
    queryKey: ['policy-lint', workspace.id],
    queryFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/policy/lint', {
          params: { path: { workspace: workspace.id } },
          body: {},
        }),
      ),
    enabled: asked,
  });
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant="default"
          loading={lint.isFetching}
          onClick={() => (asked ? void lint.refetch() : setAsked(true))}
        >
          Look for what does nothing
        </Button>
      </Group>
      {asked && (
        <Loaded query={lint}>
          {({ findings }) =>
            findings.length === 0 ? (
              <Text size="sm" role="status">
                Every grant, group, role and check does something.
              </Text>
            ) : (
              <ListTable
                label="What does nothing"
                rows={findings}
                columns={[
                  { key: 'of', label: 'What', width: 110, from: 'sm', cell: ({ of }: PolicyFinding) => of },
                  { key: 'says', label: 'Finding', cell: ({ says }) => says },
                  {
                    key: 'actions',
                    label: 'Actions',
                    actions: true,
                    cell: ({ grant, says }) =>
                      grant !== null && <RemoveGrant workspace={workspace} grant={grant} says={says} />,
                  },
                ]}
                state={null}
                keyOf={keyOfFinding}
              />
            )
          }
        </Loaded>
      )}
    </Stack>
  );
}

function keyOfFinding({ of, because, grant, name, place }: PolicyFinding): string {
  return [of, because, grant, name, place].join(' ');
}
