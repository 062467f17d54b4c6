import { audit } from './audit.ts';
import { auditConsistency } from './audit-consistency.ts';
import { auditCounts } from './audit-counts.ts';
import { auditDeployment } from './audit-deployment.ts';
import { auditExport } from './audit-export.ts';
import { auditProve } from './audit-prove.ts';
import { auditRotateKey } from './audit-rotate-key.ts';
import { auditTail } from './audit-tail.ts';
import { auditVerify } from './audit-verify.ts';
import type { Command, CommandTable } from './command.ts';
import { completionFor, shells } from './completion.ts';
import { dbAcknowledgeRestore } from './db-acknowledge-restore.ts';
import { dbDump } from './db-dump.ts';
import { dbMigrate } from './db-migrate.ts';
import { dbRestore } from './db-restore.ts';
import { demo } from './demo.ts';
import { discover } from './discover.ts';
import { doctor } from './doctor.ts';
import { draftPromote, draftRemove, draftReport, draftSet, draftShow } from './draft.ts';
import { emulator } from './emulator.ts';
import { explainCommand, reachCommand, whoCanCommand } from './explain.ts';
import { grantCommand, grantsList, grantsRemove } from './grants.ts';
import { invitationsList } from './invitations.ts';
import { keysStatus, keysVerify } from './keys-look.ts';
import { keysPromote, keysRewrap, keysStage, keysWithdraw } from './keys-root.ts';
import { keysDestroy, keysRetire, keysRotate } from './keys-workspace.ts';
import { mcpConfig } from './mcp-config.ts';
import { pagesRebuild } from './pages-rebuild.ts';
import { policyApply, policyExport, policyPlan, policySimulate, policyTest } from './policy.ts';
import { policyLeastPrivilege, policyLint } from './policy-advice.ts';
import { reportAccess } from './report-access.ts';
import { serve } from './serve.ts';
import {
  sinksAdd,
  sinksDeadLetters,
  sinksList,
  sinksPause,
  sinksRemove,
  sinksResume,
  sinksRetry,
  sinksTest,
} from './sinks.ts';
import { toolsAccept, toolsDiff } from './tools.ts';
import { usersSignInLink } from './users-sign-in-link.ts';
import {
  webhooksAdd,
  webhooksKeptAside,
  webhooksList,
  webhooksRemove,
  webhooksReset,
  webhooksToken,
} from './webhooks.ts';

/** Every command, under the headings and in the order in which help lists them. */
export const commandTable: CommandTable = {
  headings: {
    'To run Portcullis': [demo, serve, doctor, emulator],
    'The audit log': [
      audit,
      auditTail,
      auditCounts,
      auditExport,
      auditVerify,
      auditProve,
      auditConsistency,
      auditRotateKey,
      auditDeployment,
    ],
    'Where the audit log is sent': [
      sinksList,
      sinksAdd,
      sinksPause,
      sinksResume,
      sinksTest,
      sinksRemove,
      sinksDeadLetters,
      sinksRetry,
    ],
    'Who may do what': [
      grantCommand,
      grantsList,
      grantsRemove,
      explainCommand,
      whoCanCommand,
      reachCommand,
      policyExport,
      policyPlan,
      policyApply,
      policyTest,
      policySimulate,
      policyLint,
      policyLeastPrivilege,
      draftSet,
      draftShow,
      draftReport,
      draftPromote,
      draftRemove,
    ],
    'What Notion shows': [discover, reportAccess, pagesRebuild, toolsDiff, toolsAccept],
    'MCP clients': [mcpConfig],
    People: [invitationsList, usersSignInLink],
    'Webhooks of Notion': [webhooksList, webhooksAdd, webhooksToken, webhooksReset, webhooksRemove, webhooksKeptAside],
    'The database': [dbMigrate, dbDump, dbRestore, dbAcknowledgeRestore],
    'Root keys': [keysStatus, keysVerify, keysStage, keysWithdraw, keysPromote, keysRewrap],
    'Keys of workspaces': [keysRotate, keysRetire, keysDestroy],
    'The shell': shells.map(shell => completionFor(shell, () => commandTable)),
  },
  groups: {
    grants: 'See and remove grants.',
    policy: 'Keep the policy of a workspace as a document.',
    draft: 'Try a policy beside the one that decides.',
    report: 'Report what connections can reach.',
    pages: 'Look after what is known of where pages stand.',
    mcp: 'Let MCP clients in.',
    invitations: 'See who was invited to a workspace.',
    users: 'Help people sign in.',
    webhooks: 'Let Notion tell of changes.',
    sinks: 'Have the audit log sent somewhere.',
    tools: 'Look after the tools of the hosted MCP server.',
    db: 'Look after the database.',
    keys: 'Look after the keys that seal tokens.',
    completion: 'Print what lets a shell complete the words of portcullis.',
  },
};

export const commands: readonly Command[] = Object.values(commandTable.headings).flat();
