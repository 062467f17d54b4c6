import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Member } from '../../api.ts';

interface PrincipalSelectProps {
  readonly label: string;
  readonly workspaceId: string;
  /** Only people, or only agents. */
  readonly kind?: Member['kind'];
  /** What the empty choice means: `Everyone`. */
  readonly nobody: string;
  /** The id of a principal, or an empty text. */
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly enabled?: boolean;
}

/** Chooses a principal among hundreds: the server searches names that match the typed text. */
export function PrincipalSelect(props: PrincipalSelectProps) {
  const { label, workspaceId, kind, nobody, value, onChange, enabled = true } = props;
  const [text, setText] = useState(nobody);
  const [chosen, setChosen] = useState({ value: '', label: nobody });
  const [typed] = useDebouncedValue(text, 200);
  const search = typed.trim() === chosen.label ? '' : typed.trim();
  const query = { sort: 'name' as const, limit: 20, ...(kind && { kind }), ...(search !== '' && { search }) };
  const found = useQuery({
    queryKey: ['members', workspaceId, query],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/members', { params: { path: { workspace: workspaceId }, query } })),
    placeholderData: keepPreviousData,
    enabled,
  });
  const members = (found.data?.members ?? []).map(({ principalId, name }) => ({ value: principalId, label: name }));
  const others = members.filter(member => member.value !== chosen.value);
  const none = { value: '', label: nobody };
  const data = search === '' ? [none, ...(chosen.value === '' ? [] : [chosen]), ...others] : members;
  return (
    <Select
      label={label}
      data={distinct(data)}
      searchable
      value={value}
      allowDeselect={false}
      searchValue={text}
      onSearchChange={setText}
      // What matches is the server's answer.
      filter={({ options }) => options}
      nothingFoundMessage="No one with that name"
      onFocus={event => event.currentTarget.select()}
      onChange={(id, option) => {
        setChosen(option ?? none);
        onChange(id ?? '');
      }}
    />
  );
}

/** Two people may have the same name, but the same person must not be there twice. */
function distinct<T extends { readonly value: string }>(options: readonly T[]): T[] {
  return [...new Map(options.map(option => [option.value, option])).values()];
}
