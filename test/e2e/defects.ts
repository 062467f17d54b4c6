// Loaded into a gateway before anything else (`--import`): defects of ours on demand, which nobody handles.
process.on('SIGUSR2', () => {
  throw new Error('a defect on demand');
});
process.on('SIGHUP', () => {
  void Promise.reject(new Error('a promise nobody waited for'));
});
