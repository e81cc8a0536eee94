/* A FastCGI program that reads the body and says 200: what a web server and
 * libfcgi can do when nothing else is done. */
#include <fcgiapp.h>

int
main(void)
{
	char body[65536];
	FCGX_Request r;

	(void)FCGX_Init();
	(void)FCGX_InitRequest(&r, 0, 0);
	while (FCGX_Accept_r(&r) == 0) {
		while (FCGX_GetStr(body, sizeof(body), r.in) > 0)
			continue;
		(void)
		    FCGX_PutS("Status: 200 OK\r\nContent-Length: 3\r\n\r\nok\n",
			r.out);
		FCGX_Finish_r(&r);
	}
	return 0;
}
