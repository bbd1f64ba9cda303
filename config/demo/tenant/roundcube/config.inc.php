<?php
// Roundcube of the demo's tenant.
$config = [];
$config['db_dsnw'] = 'sqlite:////srv/tenant/webmail/roundcube.db?mode=0640';
$tls = ['ssl' => ['cafile' => '/srv/shared/ca.pem']];
$config['imap_host'] = 'ssl://localhost:993';
$config['imap_conn_options'] = $tls;
$config['smtp_host'] = 'tls://localhost:587';
$config['smtp_conn_options'] = $tls;
$config['smtp_user'] = '%u';
$config['smtp_pass'] = '%p';
$config['des_key'] = trim(file_get_contents('/srv/tenant/webmail/key'));
$config['log_dir'] = '/srv/tenant/webmail/log/';
$config['temp_dir'] = '/srv/tenant/webmail/temp/';
$config['plugins'] = [];
$config['skin'] = 'elastic';
$config['language'] = 'en_US';
$config['product_name'] = 'Demo webmail';
$config['session_lifetime'] = 60;
$config['ip_check'] = false;
$config['login_rate_limit'] = 100000;
$config['enable_spellcheck'] = false;
$config['drafts_mbox'] = 'Drafts';
$config['junk_mbox'] = 'Junk';
$config['sent_mbox'] = 'Sent';
$config['trash_mbox'] = 'Trash';
