/** Resolves as soon as the condition holds; the test's own time limit ends a wait in vain. */
export const waitUntil = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await Bun.sleep(1)
}
