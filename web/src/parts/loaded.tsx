import { Center, Loader, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** Shows what a query brought; until then that it is under way, and if it failed why. Old data stays beside an error. */
export function Loaded<T>({ query, children }: LoadedProps<T>) {
  return (
    <Stack>
      {query.isError && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && (
        <Center p="xl" role="status" aria-label="Loading">
          <Loader />
        </Center>
      )}
      {query.data !== undefined && children(query.data)}
    </Stack>
  );
}
