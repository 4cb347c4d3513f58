export function prepareSampleHome(directory: string): Promise<string>;
