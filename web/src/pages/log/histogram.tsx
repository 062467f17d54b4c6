import { Button, Group, Stack, Text } from '@mantine/core';
import type { AuditHour } from '../../api.ts';
import type { Column } from '../../list/list-table.tsx';
import { ListTable } from '../../list/list-table.tsx';
import { Disclosure } from '../../parts/disclosure.tsx';
import { exactTime } from '../../parts/time.tsx';
import { hoursShown, sumOf } from './hours.ts';
import { type LogFilters, type LogSource, useCounts } from './log-query.ts';

interface HistogramProps {
  readonly source: LogSource;
  readonly filters: LogFilters;
  /** One hour alone is to be shown: when it begins. */
  readonly onHour: (hour: Date) => void;
}

/** The matching entries by the hour: as a drawing, and as a table whose rows lead to an hour. */
export function Histogram({ source, filters, onHour }: HistogramProps) {
  const { data } = useCounts(source, filters);
  const hours = hoursShown(data?.hours ?? []);
  if (data === undefined || hours.length === 0) return null;
  const { allowed, denied, events } = sumOf(hours);
  const says = `${allowed} allowed, ${denied} denied, ${events} events in ${hours.length} hours`;
  return (
    <Stack gap={4} component="figure" m={0} aria-label="Calls and events by the hour">
      <Bars hours={hours} label={says} />
      <Group gap="md" component="figcaption">
        <Text size="xs">{says}.</Text>
        <Text size="xs" c="dimmed">
          From below: allowed, denied, events. From {exactTime(hours[0]?.hour ?? '')} on
          {data.since === null ? '' : '; what is older was too much to count'}.
        </Text>
      </Group>
      <Disclosure label="Hours as a table">
        <ListTable
          label="Hours"
          rows={hours.filter(hour => total(hour) > 0).toReversed()}
          columns={columnsOf(onHour)}
          state={null}
          keyOf={({ hour }) => hour}
        />
      </Disclosure>
    </Stack>
  );
}

const [barWidth, gap, height] = [10, 2, 60];

/** Bars of one height for the hour with the most. Each hour has its numbers as a tooltip. */
function Bars({ hours, label }: { readonly hours: readonly AuditHour[]; readonly label: string }) {
  const most = Math.max(...hours.map(total), 1);
  const scale = (count: number) => (count / most) * height;
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${hours.length * barWidth} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {hours.map(({ hour, allowed, denied, events }, index) => {
        const x = index * barWidth;
        const [low, middle] = [scale(allowed), scale(allowed + denied)];
        const width = barWidth - gap;
        return (
          <g key={hour}>
            <title>{`${exactTime(hour)}: ${allowed} allowed, ${denied} denied, ${events} events`}</title>
            <rect x={x} y={0} width={barWidth} height={height} className="hour" />
            <rect x={x} y={height - low} width={width} height={low} className="allowed" />
            <rect x={x} y={height - middle} width={width} height={scale(denied)} className="refused" />
            <rect x={x} y={height - middle - scale(events)} width={width} height={scale(events)} className="events" />
          </g>
        );
      })}
    </svg>
  );
}

function total({ allowed, denied, events }: AuditHour): number {
  return allowed + denied + events;
}

function columnsOf(onHour: HistogramProps['onHour']): readonly Column<AuditHour>[] {
  return [
    { key: 'hour', label: 'Hour', cell: ({ hour }) => exactTime(hour) },
    { key: 'allowed', label: 'Allowed', cell: ({ allowed }) => allowed },
    { key: 'denied', label: 'Denied', cell: ({ denied }) => denied },
    { key: 'events', label: 'Events', from: 'xs', cell: ({ events }) => events },
    {
      key: 'actions',
      label: 'Actions',
      actions: true,
      cell: ({ hour }) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Show the hour of ${exactTime(hour)}`}
          onClick={() => onHour(new Date(hour))}
        >
          Show
        </Button>
      ),
    },
  ];
}
