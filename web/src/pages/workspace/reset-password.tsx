import { Alert, Stack } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api, type Member, type Workspace } from '../../api.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Secret } from '../../parts/secret.tsx';

/** A way back for a member who lost their password. */
export function ResetPassword({ workspace, member }: { readonly workspace: Workspace; readonly member: Member }) {
  const [answer, setAnswer] = useState<{ signInUrl: string | null } | null>(null);
  const path = { workspace: workspace.id, principal: member.principalId };
  return (
    <Stack gap="xs">
      <Confirm
        label="Reset"
        of={member.name}
        question={`Make a new sign-in link for ${member.name}?`}
        consequence="The person is signed out everywhere, and chooses a new password with the link."
        run={async () =>
          setAnswer(
            await answerOf(
              api.POST('/api/workspaces/{workspace}/members/{principal}/sign-in-link', { params: { path } }),
            ),
          )
        }
        onDone={() => {}}
      />
      {answer?.signInUrl === null && (
        <Alert withCloseButton onClose={() => setAnswer(null)} title="Mail sent">
          The link went to the address of this person.
        </Alert>
      )}
      {answer?.signInUrl && (
        <Secret
          title={`Sign-in link for ${member.name}`}
          secret={answer.signInUrl}
          explanation="Give it to this person only, in a way that you trust. It works once, within 15 minutes, and is not shown again."
          onDone={() => setAnswer(null)}
        />
      )}
    </Stack>
  );
}
