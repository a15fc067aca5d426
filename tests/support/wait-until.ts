/** Resolves when the condition is true. The timeout of the test ends a wait that never succeeds. */
export const waitUntil = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await Bun.sleep(1)
}
