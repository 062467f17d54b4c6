import { ActionIcon, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../icons.tsx';

interface DetailButtonProps {
  /** The subject of the row, for screen readers. */
  readonly of: string;
  readonly id: string;
  readonly opened: boolean;
  readonly onToggle: () => void;
}

function DetailButton({ of, id, opened, onToggle }: DetailButtonProps) {
  return (
    <Table.Td ta="right">
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={onToggle}
        aria-expanded={opened}
        aria-controls={opened ? `detail-${id}` : undefined}
        aria-label={`Details of ${of}`}
        className={opened ? 'turned' : ''}
      >
        <Icon name="chevron" />
      </ActionIcon>
    </Table.Td>
  );
}

interface DetailRowProps {
  readonly id: string;
  readonly columns: number;
  readonly children: ReactNode;
}

function DetailRow({ id, columns, children }: DetailRowProps) {
  return (
    <Table.Tr id={`detail-${id}`}>
      <Table.Td colSpan={columns} className="hostile">
        {children}
      </Table.Td>
    </Table.Tr>
  );
}

/** What opens beneath a row of a list, and the button that opens it. */
export const RowDetail = { Button: DetailButton, Row: DetailRow };
