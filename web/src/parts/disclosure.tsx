import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useId } from 'react';
import { Icon } from '../icons.tsx';

/** Something that is seldom needed: it opens beneath its button. */
export function Disclosure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const [opened, { toggle }] = useDisclosure(false);
  const content = useId();
  return (
    <Stack gap="xs">
      <Group>
        <Button
          size="xs"
          variant="default"
          onClick={toggle}
          aria-expanded={opened}
          aria-controls={opened ? content : undefined}
          rightSection={
            <span className={opened ? 'turned' : ''}>
              <Icon name="chevron" size={14} />
            </span>
          }
        >
          {label}
        </Button>
      </Group>
      {opened && <div id={content}>{children}</div>}
    </Stack>
  );
}
