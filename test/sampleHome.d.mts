export function prepareSampleHome(directory: string): Promise<{ home: string }>;
