import type { GetAsyncTaskResponse } from '@notionhq/client';
import { type Call, Reply, type Route, route } from '../http/route.ts';
import { object, string } from '../http/shape.ts';
import type { AsyncTask } from '../world/records.ts';
import { notFound } from './lookup.ts';

export const asyncTaskRoutes: readonly Route[] = [
  route('GET', '/v1/async_tasks/:task_id', {
    needs: 'read_content',
    params: object({ task_id: string() }),
    handle(call, { params }) {
      const task = call.world.asyncTasks.get(params.task_id);
      if (task === undefined || task.botId !== call.caller.botId) throw notFound(call, 'async task', params.task_id);
      const answer = taskObject(call, task);
      if (task.pollsLeft > 0) task.pollsLeft -= 1;
      return answer;
    },
  }),
];

/** The 202 of a write that asked for `allow_async`: the work is done, and a later poll gets its result. */
export function acceptTask(call: Call, operation: string, result: object): Reply {
  const task: AsyncTask = {
    id: `task_${call.world.ids.uuid().replaceAll('-', '')}`,
    botId: call.caller.botId,
    createdAt: call.world.clock.now(),
    operation,
    pollsLeft: 1,
    result: JSON.parse(JSON.stringify(result)),
  };
  call.world.asyncTasks.set(task.id, task);
  return new Reply(202, taskObject(call, task, 'queued'));
}

function taskObject(call: Call, task: AsyncTask, early?: 'queued'): GetAsyncTaskResponse {
  const common = {
    object: 'async_task' as const,
    id: task.id,
    status_url: `${call.baseUrl}/v1/async_tasks/${task.id}`,
    created_time: new Date(task.createdAt).toISOString(),
    operation: { surface: 'rest' as const, name: task.operation },
  };
  if (early !== undefined || task.pollsLeft > 0) {
    return { ...common, status: early ?? 'running', poll_after_seconds: 2 };
  }
  return { ...common, status: 'succeeded', result: task.result as never };
}
