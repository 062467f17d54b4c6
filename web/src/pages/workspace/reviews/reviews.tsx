import { Stack } from '@mantine/core';
import { useSearchParams } from 'react-router-dom';
import type { Workspace } from '../../../api.ts';
import { ByPage } from './by-page.tsx';
import { ByPrincipal } from './by-principal.tsx';

/** Lists for reviewers of permissions: everything that a principal may do, and every principal who may do something. */
export function Reviews({ workspace }: { readonly workspace: Workspace }) {
  const [search] = useSearchParams();
  return (
    <Stack gap="xl">
      <ByPrincipal workspace={workspace} />
      <ByPage workspace={workspace} page={search.get('page') ?? ''} />
    </Stack>
  );
}
