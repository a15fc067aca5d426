/** Enough to find the cause. */
const maximumFrames = 8

/** The frames of an error's stack, without its first lines: those are the message and may quote a prompt. */
export const stackFrames = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maximumFrames)
