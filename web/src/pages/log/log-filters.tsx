import { Checkbox, Group, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { actions } from '../../../../src/domain/action.ts';
import { Disclosure } from '../../parts/disclosure.tsx';
import type { LogFilters } from './log-query.ts';

const needs = [{ value: '', label: 'Any action' }, ...actions.map(action => ({ value: action, label: action }))];

const effects = [
  { value: '', label: 'Any decision' },
  { value: 'allow', label: 'Allowed' },
  { value: 'deny', label: 'Denied' },
];

const results = [
  { value: '', label: 'Any outcome' },
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused by Notion' },
  { value: 'failed', label: 'Failed' },
  { value: 'not_sent', label: 'Not sent' },
  { value: 'unknown', label: 'Unknown' },
  { value: 'streaming', label: 'Streaming' },
  { value: 'open', label: 'Under way' },
];

const doors = [
  { value: '', label: 'Any door' },
  { value: 'rest', label: 'REST, as clients of Notion call' },
  { value: 'file_link', label: 'A link to a file, without a key' },
  { value: 'dashboard', label: 'Dashboard' },
  { value: 'api', label: 'Admin API, with a key' },
  { value: 'oauth', label: 'Connecting' },
];

/**
 * The activities that calls belong to. Readings by pages, and Portcullis's own questions, would hide what people did.
 */
const activities = [
  { value: 'notion', label: 'Calls to Notion' },
  { value: 'administration', label: 'Changes in Portcullis' },
  { value: 'view', label: 'What the dashboard reads for its pages' },
  { value: 'system', label: "Portcullis's own calls" },
];

export const activitiesAtFirst = 'notion,administration';

interface LogFiltersFormProps {
  readonly filters: LogFilters;
  readonly onChange: (filters: LogFilters) => void;
  /** Whether the log is of a workspace: only there are pages. */
  readonly ofWorkspace: boolean;
  /** Choosing who called. */
  readonly who?: ReactNode;
}

/** Ways to narrow the log. The common ones are at the top; the others open. */
export function LogFiltersForm({ filters, onChange, ofWorkspace, who }: LogFiltersFormProps) {
  const field = (name: keyof LogFilters) => ({
    value: filters[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...filters, [name]: event.currentTarget.value }),
  });
  const shown = filters.activity.split(',').filter(name => name !== '');
  return (
    <Stack component="search" aria-label="Audit log" gap="sm">
      <SimpleGrid cols={{ base: 1, sm: ofWorkspace ? 3 : 1 }} spacing="sm">
        <TextInput label="Search the log" type="search" {...field('text')} />
        {who}
        {ofWorkspace && (
          <TextInput label="Page" description="" placeholder="its address or id" type="search" {...field('page')} />
        )}
      </SimpleGrid>
      <Checkbox.Group
        label="Show"
        value={shown}
        onChange={chosen => onChange({ ...filters, activity: chosen.join(',') })}
      >
        <Group gap="md" mt={4}>
          {activities.map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} disabled={shown.length === 1 && shown[0] === value} />
          ))}
        </Group>
      </Checkbox.Group>
      <Disclosure label="More filters">
        {ofWorkspace && (
          <Checkbox
            label="Also what stands below the page"
            mb="sm"
            checked={filters.below !== ''}
            onChange={event => onChange({ ...filters, below: event.currentTarget.checked ? 'yes' : '' })}
          />
        )}
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
          <NativeSelect label="Action" data={needs} {...field('action')} />
          <TextInput label="Reason" type="search" placeholder="a word of it" {...field('reason')} />
          <NativeSelect label="Decision" data={effects} {...field('effect')} />
          <NativeSelect label="Outcome" data={results} {...field('result')} />
          <NativeSelect label="Door" data={doors} {...field('door')} />
          <TextInput label="From" type="datetime-local" {...field('since')} />
          <TextInput label="To" type="datetime-local" {...field('until')} />
        </SimpleGrid>
      </Disclosure>
    </Stack>
  );
}
