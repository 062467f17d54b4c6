// Loaded into a gateway before anything else (`--import`): errors on demand that no code handles.
process.on('SIGUSR2', () => {
  throw new Error('a defect on demand');
});
process.on('SIGHUP', () => {
  void Promise.reject(new Error('a promise nobody waited for'));
});
