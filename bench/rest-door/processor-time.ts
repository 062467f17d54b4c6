/** What a process answers when it is asked for its processor time. */
export const processorTime = 'processor time';

/** In a child: answers with the processor time that this process has used so far, in microseconds. */
export function tellProcessorTime(): void {
  process.on('message', question => {
    if (question !== processorTime) return;
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
}
