// The cookie is there now: on to the page. The address with the token leaves no trace
// in this window's history.
location.replace("/");
