/** Where the runner names the files of `together.ts`: paths, as JSON. */
export const togetherVariable = 'TEST_FILES_TOGETHER';
