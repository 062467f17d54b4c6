import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type LeastPrivilege, type LesserRight, type Workspace } from '../../../../api.ts';
import { type Column, ListTable } from '../../../../list/list-table.tsx';
import { Loaded } from '../../../../parts/loaded.tsx';
import { exactTime, Time } from '../../../../parts/time.tsx';
import { RemoveGrant } from '../remove-grant.tsx';

/** Smaller grants and roles, from what was used: each with the calls that it would have broken. */
export function LesserRights({ workspace }: { readonly workspace: Workspace }) {
  const [asked, setAsked] = useState(false);
  const lesser = useQuery({
    queryKey: ['least-privilege', workspace.id],
    queryFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/policy/least-privilege', {
          params: { path: { workspace: workspace.id } },
          body: {},
        }),
      ),
    enabled: asked,
    // It reads the log of three months: only after a person asks.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant="default"
          loading={lesser.isFetching}
          onClick={() => (asked ? void lesser.refetch() : setAsked(true))}
        >
          Look for unused rights
        </Button>
      </Group>
      {asked && <Loaded query={lesser}>{data => <Proposals workspace={workspace} found={data} />}</Loaded>}
    </Stack>
  );
}

function Proposals({ workspace, found }: { readonly workspace: Workspace; readonly found: LeastPrivilege }) {
  const { calls, since, complete, proposals } = found;
  return (
    <Stack gap="xs">
      <Text size="sm" role="status">
        From {calls} calls since {exactTime(since)}
        {complete ? '' : '; there were more, and rare uses may be missing'}.{' '}
        {proposals.length === 0 ? 'Everything that was given was used.' : 'Each proposal was replayed by itself.'}
      </Text>
      {proposals.length > 0 && (
        <ListTable
          label="Smaller rights"
          rows={proposals}
          columns={columnsOf(workspace)}
          state={null}
          keyOf={keyOfProposal}
          detail={{ of: ({ says }) => says, content: proposal => <Broken proposal={proposal} /> }}
        />
      )}
    </Stack>
  );
}

function keyOfProposal({ kind, grant, principal, role }: LesserRight): string {
  return [kind, grant, principal?.id, role].join('-');
}

function columnsOf(workspace: Workspace): readonly Column<LesserRight>[] {
  return [
    { key: 'says', label: 'Proposal', cell: ({ says }) => says },
    { key: 'uses', label: 'Uses', width: 80, from: 'sm', cell: ({ uses }) => uses },
    { key: 'breaks', label: 'Would break', width: 110, from: 'sm', cell: ({ breaks }) => `${breaks} calls` },
    {
      key: 'actions',
      label: 'Actions',
      actions: true,
      cell: ({ kind, grant, says }) =>
        kind === 'remove_grant' && grant !== null && <RemoveGrant workspace={workspace} grant={grant} says={says} />,
    },
  ];
}

function Broken({ proposal: { breaks, broken, observedSince, uses } }: { readonly proposal: LesserRight }) {
  return (
    <Stack gap={4} p="xs">
      <Text size="sm">
        It had a part in {uses} calls since {exactTime(observedSince)}. With the proposal, {breaks} of them would have
        been denied.
      </Text>
      {broken.map(({ entry, time, principal, operation }) => (
        <Text key={entry} size="sm" className="hostile">
          {operation} by {principal.name}, <Time at={time} />
        </Text>
      ))}
    </Stack>
  );
}
