/** Enough to find the place. */
const maximumFrames = 8

/** Where an error was made, without the first lines of its stack, which are the message and may quote a prompt. */
export const stackFrames = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maximumFrames)
