// Tells an error of the site from a bug of ours, so that nobody searches the site for what is wrong in this program.

/** What to show for `error`: its own sentence, or that it is a bug and what that means for the site. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!isDefect(error)) return error.message;
  return `This is a defect of pulumi-exchange, not of the site: ${error.name}: ${error.message}.\nEach step is recorded when it is done, so \`pulumi up\` can be run again; please report it with this line.`;
}

/** The same without the full stop at its end, to go on from. */
export function wordsFrom(error: unknown): string {
  return sentenceOf(error).replace(/\.$/, "");
}

function isDefect(error: Error): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError || error instanceof SyntaxError;
}
