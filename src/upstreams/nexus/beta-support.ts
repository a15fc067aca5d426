/**
 * Which beta flags a model takes. Bedrock refuses a list as a whole (`invalid beta flag`) and does not say which flag
 * it means: later requests try half of the suspects at a time, until the refused flag is known.
 * `onRefused` is called once for each flag that is found to be refused.
 */
export const createBetaSupport = (onRefused: (flag: string) => void) => {
  const accepted = new Set<string>()
  const refused = new Set<string>()
  let suspects: readonly string[] = []
  let waiting: readonly string[] = []

  const narrowTo = (flags: readonly string[]): void => {
    const [only, ...others] = flags
    if (others.length > 0) {
      waiting = [...waiting, ...suspects].filter((flag) => !flags.includes(flag) && !accepted.has(flag))
      suspects = flags
      return
    }
    suspects = []
    waiting = []
    if (only === undefined || refused.has(only)) return
    refused.add(only)
    onRefused(only)
  }

  return {
    /** Flags that are known to be refused. */
    refused: (): readonly string[] => [...refused],
    /** Flags of which one at least was refused. */
    suspects: () => suspects,
    /** Flags that stay out until the suspects are decided, so that a refusal says something of those alone. */
    waiting: () => waiting,
    /** Of a refused list those that may be meant: the ones that no accepted request had. */
    suspectsIn(flags: readonly string[]): readonly string[] {
      const unknown = flags.filter((flag) => !accepted.has(flag))
      // All of them were accepted before: what was known no longer holds.
      return unknown.length > 0 ? unknown : flags
    },
    /** A request with these flags was answered. */
    accept(flags: readonly string[]): void {
      for (const flag of flags) accepted.add(flag)
      if (suspects.length > 0) narrowTo(suspects.filter((flag) => !accepted.has(flag)))
    },
    /** A request was refused for one of these suspects at least. */
    suspect(flags: readonly string[]): void {
      // A request that was under way when the verdict fell says nothing new.
      if (flags.some((flag) => refused.has(flag))) return
      for (const flag of flags) accepted.delete(flag)
      narrowTo(flags)
    },
  }
}
