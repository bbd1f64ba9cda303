/** The clause catalogue of the five agreements: every row of it must stand in the report of its contract. */
export const catalogue: Readonly<Record<string, readonly string[]>> = {
  'tencent-exmail-2020': [
    ...['T1.1', 'T1.2', 'T1.3', 'T1.4', 'T1.5', 'T1.6', 'T1.7', 'T1.8', 'T1.9', 'T1.10'],
    ...['T1.11', 'T1.12', 'T1.13-17', 'T1.18', 'T1.19', 'T1.20', 'T1.21-22', 'T1.23'],
    ...['T1.24', 'T1.25', 'T1.26', 'T1.27', 'T1.28', 'T1.29', 'T1.30-39'],
  ],
  'tencent-ses': ['T2.1', 'T2.2', 'T2.3', 'T2.4', 'T2.5', 'T2.6', 'T2.7-12', 'T2.13'],
  'tencent-exmail-quality': [
    ...['T3.1', 'T3.2', 'T3.3', 'T3.4', 'T3.5', 'T3.6', 'T3.7', 'T3.8', 'T3.9', 'T3.10'],
    ...['T3.11', 'T3.12-16', 'T3.17-20', 'T3.21-23'],
  ],
  'enterprise-mail-guarantee': [
    ...['T4.1', 'T4.2', 'T4.3', 'T4.5', 'T4.6-7', 'T4.8', 'T4.9', 'T4.11', 'T4.12', 'T4.13'],
    ...['T4.14', 'T4.15', 'T4.16', 'T4.17-20', 'T4.22-24', 'T4.25', 'T4.26-27', 'T4.28'],
    'T4.29',
  ],
  'aliyun-reseller': ['T5.1', 'T5.2', 'T5.3', 'T5.4-6', 'T5.8', 'T5.9-10', 'T5.12-13'],
};

export const contractNamesShipped = Object.keys(catalogue);
