import { DataList } from '@mantine/core';
import type { ReactNode } from 'react';

/** A row of a `DataList`. Names among its values may be of any length. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue className="hostile">{children}</DataList.ItemValue>
    </DataList.Item>
  );
}
