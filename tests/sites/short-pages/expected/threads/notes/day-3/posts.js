threadpressPosts({
 "../../../threads/notes/day-3.html": "1 2",
 "../../../threads/notes/day-3/2.html": "3"
});
